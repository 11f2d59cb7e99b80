"""A folder of measurements, from reading it to the sorted screen."""
