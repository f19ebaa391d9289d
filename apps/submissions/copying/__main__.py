from apps.submissions.copying.apart import main

main()
