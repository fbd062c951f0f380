"""Several servers as one: started together, joined, restarted in turn"""
