"""The quality-of-life questionnaire platform for clinical trials."""
