"""The register proves itself: a chain over its rows, signed heads, the look through all of it, the export that verifies without the portal."""
