"""The actions in a backpack: filing items, arranging them, and showing them as far as their earner wants.

Awards file themselves (`file_credential`), and so do the credentials of other issuers once kept (`file_foreign`).
`import_badges` takes in what people bring of these; what could not be kept can be declared instead. A collection is
made of blocks. It is shown by links, each with its own name and end, or publicly. Private credentials in it are
lifted while it is shown, and hidden again as soon as nothing shows them any more.
"""

from apps.backpacks.verbs.codes import make_code
from apps.backpacks.verbs.collections import (
    arrange,
    collect,
    edit_block,
    edit_collection,
    make_collection,
    put_back,
    remove_collection,
    set_cover,
    uncollect,
    write_block,
)
from apps.backpacks.verbs.drawing import draw_foreign
from apps.backpacks.verbs.filing import file_credential, file_credentials, file_foreign, give_place_back
from apps.backpacks.verbs.handing_over import export_account
from apps.backpacks.verbs.importing import (
    drop_imports,
    forget_import,
    forget_imported,
    import_badges,
    import_item,
    is_picture,
    keep_as_told,
    try_import_again,
)
from apps.backpacks.verbs.items import (
    archive_item,
    archive_items,
    check_again,
    declare,
    give_up,
    note_item,
    remove_declared,
    tag_items,
    unarchive_item,
    unarchive_items,
    untag_items,
)
from apps.backpacks.verbs.profiles import edit_profile, turn_off_profile, turn_on_profile
from apps.backpacks.verbs.restoring import Restored, restore
from apps.backpacks.verbs.sharing import (
    end_links,
    hide_everything,
    keep_credential,
    publish_collection,
    revoke_link,
    share,
    show_credential,
    unpublish_collection,
    unshare,
)

__all__ = [
    "Restored",
    "archive_item",
    "archive_items",
    "arrange",
    "check_again",
    "collect",
    "declare",
    "draw_foreign",
    "drop_imports",
    "edit_block",
    "edit_collection",
    "edit_profile",
    "end_links",
    "export_account",
    "file_credential",
    "file_credentials",
    "file_foreign",
    "forget_import",
    "forget_imported",
    "give_place_back",
    "give_up",
    "hide_everything",
    "import_badges",
    "import_item",
    "is_picture",
    "keep_as_told",
    "keep_credential",
    "make_code",
    "make_collection",
    "note_item",
    "publish_collection",
    "put_back",
    "remove_collection",
    "remove_declared",
    "restore",
    "revoke_link",
    "set_cover",
    "share",
    "show_credential",
    "tag_items",
    "try_import_again",
    "turn_off_profile",
    "turn_on_profile",
    "unarchive_item",
    "unarchive_items",
    "uncollect",
    "unpublish_collection",
    "unshare",
    "untag_items",
    "write_block",
]
