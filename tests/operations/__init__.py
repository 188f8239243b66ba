"""The portal as it is started, killed and stopped: real processes under a web server."""
