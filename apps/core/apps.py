from django.apps import AppConfig
from django.urls import register_converter


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        from apps.core.ids import PublicIdConverter

        register_converter(PublicIdConverter, "public_id")
