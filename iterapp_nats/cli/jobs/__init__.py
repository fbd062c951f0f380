"""What a messaging command does once it is connected; loaded when the command runs"""
