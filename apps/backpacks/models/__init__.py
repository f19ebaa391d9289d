from apps.backpacks.models.collections import Block, Collection, Lift, ShareLink
from apps.backpacks.models.counts import ViewCount
from apps.backpacks.models.items import LONGEST_TAG, BackpackItem, BackpackItemQuerySet, DeclaredCredential
from apps.backpacks.models.profiles import HANDLE, LeftHandle, Profile

__all__ = [
    "HANDLE",
    "LONGEST_TAG",
    "BackpackItem",
    "BackpackItemQuerySet",
    "Block",
    "Collection",
    "DeclaredCredential",
    "LeftHandle",
    "Lift",
    "Profile",
    "ShareLink",
    "ViewCount",
]
