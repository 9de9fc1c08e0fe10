"""Above the calibration: how far the model resembles the world in patterns to which it was not calibrated."""
