//! tawny.yaml to typed settings, with every error at once.
