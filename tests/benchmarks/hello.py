"""The unit of all speeds: a Flask application that says hello."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "Hello, world"
