"""Rules: what kplan has against a manifest, a folder a group, a pair of files a rule.

`references/service_without_endpoints.py` holds the check of the rule `service-without-endpoints` of the group
`references`; `service_without_endpoints.md` beside it is its page: documentation and test. No other file lists them.
"""
