"""Fills a rehearsal study with simulated participants, through the ordinary services.

``latent`` (how somebody fares), ``attendance`` (which visits they answer), ``course`` (what
happens to them and when), ``items`` (what they answer), ``manners`` (what they do beside it) and
``steps`` (in which order) are pure: all that is random in them comes from a seed. ``run`` alone
writes, and only through the services, so that the ledger, the audit and the scores are those of a
real study. Nothing here knows a particular protocol or questionnaire. Importing it imports pandas,
so doors import it only where they use it.
"""

from qol_app.services.rehearsal.run import Simulated, create

__all__ = ["Simulated", "create"]
