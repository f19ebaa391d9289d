from django.db import migrations

FORWARD = """
CREATE TRIGGER piece_check_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON reviews_piececheck FOR EACH ROW
EXECUTE FUNCTION reviews_mark_frozen();
"""
BACKWARD = "DROP TRIGGER piece_check_is_frozen ON reviews_piececheck;"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_checks_of_pieces")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD)]
