"""Pages of the applicant: what is asked, what is uploaded, what became of it.

The gate's middleware has judged before a view of zones/…/gate/ runs: whoever arrives may stand there.
"""
