/// The page's script, in parts that are joined in one function's scope.
enum PageScript {}
