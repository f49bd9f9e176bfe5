"""An editor's server (language server protocol): what `check` reports, while the code is written.

    session  what is open, and when to look at it again
    analysis one look at a project, with what an editor holds and has not saved
    places   rows and columns as the editor counts them
    diagnostics, actions, hover   what is shown

It needs pygls, which the extra `registry-lint[server]` brings; `analysis` does not.
"""
