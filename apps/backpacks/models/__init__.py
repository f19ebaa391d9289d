from apps.backpacks.models.codes import ShortCode
from apps.backpacks.models.collections import Block, Collection, Lift, ShareLink
from apps.backpacks.models.counts import ViewCount
from apps.backpacks.models.imports import Import, ImportedItem, ImportedItemQuerySet
from apps.backpacks.models.items import LONGEST_TAG, BackpackItem, BackpackItemQuerySet, DeclaredCredential
from apps.backpacks.models.profiles import HANDLE, FormerHandle, LeftHandle, Profile

__all__ = [
    "HANDLE",
    "LONGEST_TAG",
    "BackpackItem",
    "BackpackItemQuerySet",
    "Block",
    "Collection",
    "DeclaredCredential",
    "FormerHandle",
    "Import",
    "ImportedItem",
    "ImportedItemQuerySet",
    "LeftHandle",
    "Lift",
    "Profile",
    "ShareLink",
    "ShortCode",
    "ViewCount",
]
