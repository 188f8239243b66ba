"""Security headers on every answer: pages, redirects, errors and files alike, hence around the whole application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import secure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ONE_YEAR = 31_536_000


def security_headers(*, production: bool) -> list[tuple[str, str]]:
    """The headers that every answer carries. Nothing is loaded from elsewhere; nothing inline runs; nobody frames the portal."""
    policy = (
        secure.ContentSecurityPolicy()
        .default_src("'self'")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )
    headers = secure.Secure(
        csp=policy,
        xcto=secure.XContentTypeOptions(),
        xfo=secure.XFrameOptions().deny(),
        referrer=secure.ReferrerPolicy().same_origin(),
        permissions=secure.PermissionsPolicy().camera().geolocation().microphone(),
        coop=secure.CrossOriginOpenerPolicy().same_origin(),
        corp=secure.CrossOriginResourcePolicy().same_origin(),
        hsts=secure.StrictTransportSecurity().max_age(ONE_YEAR).include_subdomains() if production else None,
    )
    return list(headers.headers.items())


class SecurityHeaders:
    """WSGI middleware that adds ``headers`` to every answer of ``application``; of a name that an answer has already, its own stands."""

    def __init__(self, application: WSGIApplication, headers: list[tuple[str, str]]) -> None:
        self.application = application
        self.headers = headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with the headers added."""

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            own = {name.lower() for name, _value in headers}
            return start_response(status, headers + [one for one in self.headers if one[0].lower() not in own], *error)

        return self.application(environ, start)
