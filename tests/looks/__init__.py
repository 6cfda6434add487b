"""Every page in every state: the data that brings it there, the acts that reach it, what must hold on it, its looks.

stage.py makes the data in a portal's own DATA_DIR, by the product's own actions; catalogue.py lists the states;
acts.py does what a person does to reach one; judge.py says what every page owes; looks.py changes the window.
`make screens` (tests/screens.py) takes pictures of all of them, tests/journeys/test_every_state.py walks them.
"""
