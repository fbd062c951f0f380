"""Who may log in to the local server: accounts, creds, the system user, variables of apps"""
