"""Parts that several tests share; nothing here asserts."""
