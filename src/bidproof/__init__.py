"""Answer questionnaires from a company own documents, with proof."""
