"""What gunicorn and the flask command start."""

from qol_app.factory import create_app

app = create_app()
