"""Everyone in the demo. They are all invented, and so are their addresses: `.example` reaches nobody."""

from __future__ import annotations

from apps.demo.shapes import Person, days_ago

# Public, and useless anywhere else: the demo can't be built in production, and its people can't sign in there
# (apps.demo.backends).
PASSWORD = "satchel-demo-only"  # noqa: S105

OPERATOR = Person("Frances Adeyemi-Holt", "operator@demo.example", days_ago(450, "08:30"))

# Kōwhai Ridge Shearing School: these two are all of it.
HANA = Person("Hana Ngātai", "hana@kowhairidge.example", days_ago(440, "06:50"))
WIREMU = Person("Wiremu Pēwhairangi", "wiremu@kowhairidge.example", days_ago(439, "20:15"))

# Longwater Institute Group, the parent of Longwater Polytechnic.
NERIDA = Person("Nerida Castellanos-Ruru", "nerida@longwater.example", days_ago(445, "09:10"))

# Longwater Polytechnic.
INGRID = Person("Dr Ingrid Solheim", "owner@demo.example", days_ago(436, "09:00"))
AROHA = Person("Aroha Kīngi", "designer@demo.example", days_ago(435, "09:20"))
JOSEFINA = Person("Josefina Tāwhai Braithwaite", "josefina@longwater.example", days_ago(433, "11:05"))
SEOYEON = Person("김서연", "seoyeon@longwater.example", days_ago(433, "11:40"))
FETUAO = Person("Fetuao Leota", "fetuao@longwater.example", days_ago(130, "10:45"))

# Lantern Street Community Trust.
LIUDMYLA = Person("Людмила Гончаренко", "liudmyla@lanternstreet.example", days_ago(428, "10:10"))
RANGI = Person("Rangi Wīhongi", "rangi@lanternstreet.example", days_ago(427, "19:30"))

# On nobody's staff: a contract assessor and an outside moderator, with seats at all three.
TEVITA = Person("Tevita Finau", "assessor@demo.example", days_ago(425, "13:00"))
MARGRIET = Person("Margriet Vermeulen", "moderator@demo.example", days_ago(425, "14:30"))

# Learners.
MARAMA = Person("Mārama Tīpene-Hoult", "learner@demo.example", days_ago(424, "19:45"))
HEMI = Person("Hēmi Rāpana", "hemi.rapana@post.example", days_ago(170, "20:05"))
TANE = Person("Tāne Hēnare", "tane.henare@post.example", days_ago(262, "18:20"))
CALLUM = Person("Callum Fraser", "callum.fraser@post.example", days_ago(80, "21:30"))
ANA = Person("Ana Lucía Quispe Mamani", "ana.quispe@post.example", days_ago(141, "17:55"))
LAYLA = Person("ليلى الحداد", "layla.alhaddad@post.example", days_ago(210, "12:15"))
ANITA = Person("अनिता शर्मा", "anita.sharma@post.example", days_ago(77, "20:40"))
HOA = Person("Nguyễn Thị Hoa", "hoa.nguyen@post.example", days_ago(25, "22:10"))
SEMISI = Person("Semisi Vaʻenuku", "semisi.vaenuku@post.example", days_ago(60, "19:00"))
JIHOON = Person("박지훈", "jihoon.park@post.example", days_ago(230, "23:05"), time_zone="Asia/Seoul")
OLENA = Person("Олена Шевчук", "olena.shevchuk@post.example", days_ago(120, "18:35"))
MEILING = Person("陈美玲", "meiling.chen@post.example", days_ago(160, "20:50"))
BRID = Person("Bríd Ní Chonaill", "brid.nichonaill@post.example", days_ago(390, "20:00"))

EVERYBODY = (
    *(OPERATOR, HANA, WIREMU, NERIDA, INGRID, AROHA, JOSEFINA, SEOYEON, FETUAO, LIUDMYLA, RANGI, TEVITA, MARGRIET),
    *(MARAMA, HEMI, TANE, CALLUM, ANA, LAYLA, ANITA, HOA, SEMISI, JIHOON, OLENA, MEILING, BRID),
)

# Whom to sign in as, to see Satchel from each side.
SIGN_INS = {
    "learner": MARAMA,
    "assessor": TEVITA,
    "moderator": MARGRIET,
    "designer": AROHA,
    "owner": INGRID,
    "operator": OPERATOR,
}
