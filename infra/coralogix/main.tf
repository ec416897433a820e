# The dashboards in Coralogix. NOT TESTED against an account: read the plan before you apply it.
#
#     CORALOGIX_ENV=EU1 CORALOGIX_API_KEY=… terraform apply -var 'organizations=["acme","globex"]'
#
# The key needs the permission to manage dashboards; it is not the Send-Your-Data key of the collector.

terraform {
  required_providers {
    coralogix = {
      source  = "coralogix/coralogix"
      version = "~> 3.0"
    }
  }
}

variable "organizations" {
  description = "The logins of the organizations that get dashboards of their own."
  type        = set(string)
}

variable "people" {
  description = "Whether to make the dashboards that name people."
  type        = bool
  default     = false
}

locals {
  for_all  = ["overview", "spend", "quality"]
  for_each = concat(["adoption"], var.people ? ["people"] : [])
}

resource "coralogix_dashboard" "all" {
  for_each     = toset(local.for_all)
  content_json = file("${path.module}/${each.key}.json")
}

resource "coralogix_dashboard" "organization" {
  for_each = {
    for pair in setproduct(var.organizations, local.for_each) : join("/", pair) => pair
  }
  content_json = replace(file("${path.module}/${each.value[1]}.json"), "ORGANIZATION", each.value[0])
}
