from django.db import migrations

# What was agreed, what a dossier shows and what a partner answered never change. Words about people go with them (core
# 0005): of an agreement and a request whichever name the person who leaves, of a dossier the pieces of who asked.
DOSSIER_OF = """SELECT FROM pathways_creditrequest r JOIN pathways_dossieritem i ON i.request_id = r.id
    WHERE r.learner_id = who AND i.id = (before->>'item_id')::bigint"""
FORWARD = f"""
CREATE TRIGGER agreement_never_changes BEFORE UPDATE ON pathways_agreement FOR EACH ROW
WHEN (to_jsonb(OLD) - ARRAY['state', 'answer', 'answered_by_id', 'answered_at', 'ended_at']
    IS DISTINCT FROM to_jsonb(NEW) - ARRAY['state', 'answer', 'answered_by_id', 'answered_at', 'ended_at'])
EXECUTE FUNCTION satchel_refuse('What was agreed never changes. End it and propose another.');
CREATE FUNCTION pathways_agreement_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT before - ARRAY['partner_name', 'partner_email', 'counts_towards', 'conditions', 'cost', 'answer']
        = after - ARRAY['partner_name', 'partner_email', 'counts_towards', 'conditions', 'cost', 'answer']
$$;
CREATE TRIGGER credit_answer_never_changes BEFORE UPDATE ON pathways_creditrequest FOR EACH ROW
WHEN (OLD.answered_at IS NOT NULL AND to_jsonb(OLD) - ARRAY['learner_id', 'answered_by_id']
    IS DISTINCT FROM to_jsonb(NEW) - ARRAY['learner_id', 'answered_by_id'])
EXECUTE FUNCTION satchel_refuse('An answer never changes.');
CREATE FUNCTION pathways_creditrequest_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT before - ARRAY['note', 'reason', 'answered_name', 'link_sha256', 'link_until']
        = after - ARRAY['note', 'reason', 'answered_name', 'link_sha256', 'link_until']
$$;
CREATE TRIGGER dossier_item_is_append_only BEFORE UPDATE OR DELETE ON pathways_dossieritem FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A dossier never changes.');
CREATE TRIGGER dossier_piece_is_append_only BEFORE UPDATE OR DELETE ON pathways_dossierpiece FOR EACH ROW
EXECUTE FUNCTION satchel_refuse('A dossier never changes.');
CREATE FUNCTION pathways_dossierpiece_forgets(before jsonb, after jsonb, who bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT after IS NULL AND EXISTS ({DOSSIER_OF})
$$;
"""
BACKWARD = """
DROP FUNCTION pathways_dossierpiece_forgets(jsonb, jsonb, bigint);
DROP TRIGGER dossier_piece_is_append_only ON pathways_dossierpiece;
DROP TRIGGER dossier_item_is_append_only ON pathways_dossieritem;
DROP FUNCTION pathways_creditrequest_forgets(jsonb, jsonb, bigint);
DROP TRIGGER credit_answer_never_changes ON pathways_creditrequest;
DROP FUNCTION pathways_agreement_forgets(jsonb, jsonb, bigint);
DROP TRIGGER agreement_never_changes ON pathways_agreement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_what_is_frozen_may_be_forgotten"),
        ("pathways", "0004_links_and_items_once"),
    ]

    operations = [migrations.RunSQL(FORWARD.strip(), BACKWARD.strip())]
