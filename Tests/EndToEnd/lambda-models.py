"""Reads a JSON list of [model, event] and lets AWS's models of events judge each."""

import json
import sys

from aws_lambda_powertools.utilities.parser import models

for model, event in json.load(sys.stdin):
    getattr(models, model).model_validate(event)
    print(model)
