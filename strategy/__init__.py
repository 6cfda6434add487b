"""The treatment-strategy tool: rule sets, the engine, the pages.

Reading order: rules.py (what a rule set is), engine.py (how it answers), then models.py, forms.py, views.py and
presentation.py (how a reader meets it). The engine knows no Django; nothing a reader enters is kept anywhere.
"""
