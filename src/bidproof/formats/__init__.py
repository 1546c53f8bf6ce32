"""What two rooms would otherwise write twice: zip, Word, CSV, decoding, guarded children.

It reads and writes formats and knows neither documents nor questionnaires.
"""
