"""What a server says about an account to its own users, and what follows from it"""
