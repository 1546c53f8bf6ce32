"""Answer RFPs and security questionnaires from a company's own documents, with proof."""

__version__ = "0.1.0"
