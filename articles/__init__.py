"""Facts and references; articles, revisions, corrections; comments and moderation.

Owns: what is published, in which wording, and what readers say about it. Published revisions are frozen.
Start at models/article.py (what readers may see) and models/revision.py (how a change is published).
"""
