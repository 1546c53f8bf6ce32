"""What each flow is asked for: records whose fields carry their own help, names and limits.

They import nothing heavy, so that every face can list what may be asked without loading what
answers. Read ``core/options.py`` first.
"""
