# How a service is deployed.
