from django.apps import AppConfig


class BackpacksConfig(AppConfig):
    name = "apps.backpacks"
    label = "backpacks"
