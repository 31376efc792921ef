"""What a sweep has found, for people and programs: each report is made of a `SweepResult` and of nothing else."""
