"""What gunicorn and the flask command start."""

import gc

from qol_app.factory import create_app

app = create_app()
gc.collect()
gc.freeze()  # what was made so far stays: no collection need look at it again
