"""Fills a rehearsal study with simulated participants, through the ordinary services.

``latent`` (how somebody fares), ``attendance`` (which visits they answer), ``course`` (what
happens to them and when), ``items`` (what they answer), ``manners`` (what they do beside it),
``wishes`` (how they are reached) and ``steps`` (in which order) are pure: all that is random in
them comes from a seed. ``writer`` writes what they do, with ``answering``.

``cases`` finds, as purely, with which visits staff have something to do. What they do are acts at
a ``desk``, one topic a module, gathered by ``staff``; each is told its moment, and calls the
services as the user who may. ``run`` takes steps and acts in the order of time.

Everything is written through the services, so that the ledger, the audit and the scores are those
of a real study. Nothing here knows a particular protocol or questionnaire. Importing it imports
pandas, so doors import it only where they use it.
"""

from qol_app.services.rehearsal.office import Office
from qol_app.services.rehearsal.run import Simulated, create

__all__ = ["Office", "Simulated", "create"]
