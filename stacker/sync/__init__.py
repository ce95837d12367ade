"""What a team shares through home: versions, evidence, landings; fetched, merged, sent."""
