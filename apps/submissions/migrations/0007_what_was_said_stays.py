from django.db import migrations

FORWARD = """
CREATE TRIGGER message_is_append_only BEFORE UPDATE OR DELETE ON submissions_message FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A message is never changed.');
CREATE TRIGGER returned_is_append_only BEFORE UPDATE OR DELETE ON submissions_returned FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
CREATE TRIGGER talk_is_append_only BEFORE UPDATE OR DELETE ON submissions_coachtalk FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('What a learner was told is never changed.');
"""
BACKWARD = """
DROP TRIGGER talk_is_append_only ON submissions_coachtalk;
DROP TRIGGER returned_is_append_only ON submissions_returned;
DROP TRIGGER message_is_append_only ON submissions_message;
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0006_threads_talks_and_returns")]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
