"""Makes the Flask application of one site from its settings."""

from __future__ import annotations

from flask import Flask, Response, request

from webapp import access, answers, api, downloads, errors, forms, logs, words
from webapp.services import Services
from webapp.settings import Settings, settings_from
from webapp.views import BLUEPRINTS, candidate

# No inline script or style and no other host: what an injected tag could use is shut off in the browser as well.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
LARGEST_BODY = 20 * 2**20  # bytes of one request; a list of names or a proof is far smaller
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The site as a WSGI application; opens the database and the index at the first request that needs them."""
    settings = settings or settings_from()
    logs.set_up()
    app = Flask("webapp", static_folder=str(settings.static_dir), static_url_path="/static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    site = Services(settings)
    app.extensions["caitu"] = site
    app.config.update(
        SECRET_KEY=site.keys.derived("cookies"), SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"), WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_BODY)
    forms.protect(app, candidate.blueprint)
    access.public(app.view_functions["static"])
    access.guard(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.register(app)
    words.register(app)
    errors.register(app)
    downloads.register(app)
    answers.register(app)

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # a page may be stricter
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    return app
