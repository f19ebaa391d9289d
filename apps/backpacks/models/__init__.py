from apps.backpacks.models.codes import ShortCode
from apps.backpacks.models.collections import PUT_BACK_WITHIN, Block, Collection, Lift, ShareLink, TakenOut
from apps.backpacks.models.counts import ViewCount
from apps.backpacks.models.imports import Import, ImportedItem, ImportedItemQuerySet
from apps.backpacks.models.items import LONGEST_TAG, BackpackItem, BackpackItemQuerySet, DeclaredCredential
from apps.backpacks.models.profiles import HANDLE, FormerHandle, LeftCollection, LeftHandle, Profile

__all__ = [
    "HANDLE",
    "LONGEST_TAG",
    "PUT_BACK_WITHIN",
    "BackpackItem",
    "BackpackItemQuerySet",
    "Block",
    "Collection",
    "DeclaredCredential",
    "FormerHandle",
    "Import",
    "ImportedItem",
    "ImportedItemQuerySet",
    "LeftCollection",
    "LeftHandle",
    "Lift",
    "Profile",
    "ShareLink",
    "ShortCode",
    "TakenOut",
    "ViewCount",
]
