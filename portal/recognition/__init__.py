"""Recognition: training taken elsewhere. The person shows the proof, the coordinator confirms it, staff recognise hours and equivalence."""
