"""Results as one self-contained HTML page that needs neither network nor JavaScript"""
