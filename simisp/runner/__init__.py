"""run(scenario, client) -> transcript and verdict."""
