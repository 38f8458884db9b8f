"""Tests of the documentation: every page says what is so. They stay with the template."""
