"""From settings to a connection that is logged in, or to the reason why there is none"""
